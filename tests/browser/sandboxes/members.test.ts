import { memberContract, memberHostile } from '../../sandboxes/member-suites.ts';
import { members } from '../../sandboxes/members.ts';
import { pagePlace } from './place.ts';

for (const member of members) {
  memberContract(pagePlace(), member);
  memberHostile(pagePlace(), member);
}
