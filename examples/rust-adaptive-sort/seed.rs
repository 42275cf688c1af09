//! Sorts numbers in place, upwards.

/// What the evaluator calls.
///
/// # Safety
/// `values` must point to `count` numbers that nobody else reads or writes meanwhile.
#[no_mangle]
pub unsafe extern "C" fn sort(values: *mut i32, count: usize) {
    adaptive_sort(core::slice::from_raw_parts_mut(values, count));
}

// EVOLVE-BLOCK-START
/// Splits in halves, sorts them and merges; short pieces by insertion.
fn adaptive_sort(list: &mut [i32]) {
    let mut spare = vec![0; list.len()];
    split(list, &mut spare);
}

fn split(list: &mut [i32], spare: &mut [i32]) {
    let count = list.len();
    if count < 4 {
        insertion(list);
        return;
    }
    let middle = count / 2;
    split(&mut list[..middle], spare);
    split(&mut list[middle..], spare);
    merge(list, middle, spare);
}

fn insertion(list: &mut [i32]) {
    for i in 1..list.len() {
        let mut at = i;
        while at > 0 && list[at - 1] > list[at] {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Both halves of `list` are in order; afterwards all of it is.
fn merge(list: &mut [i32], middle: usize, spare: &mut [i32]) {
    let count = list.len();
    spare[..count].copy_from_slice(list);
    let (mut left, mut right) = (0, middle);
    for place in list.iter_mut() {
        if right >= count || (left < middle && spare[left] <= spare[right]) {
            *place = spare[left];
            left += 1;
        } else {
            *place = spare[right];
            right += 1;
        }
    }
}
// EVOLVE-BLOCK-END
