/** Sizes of downloads in words: `14 MB`, `0.3 MB`, `12 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 100_000) return `${Math.max(1, Math.round(bytes / 1000))}\u202fkB`;
  const megabytes = bytes / 1_000_000;
  return `${megabytes >= 9.95 ? megabytes.toFixed(0) : megabytes.toFixed(1)}\u202fMB`;
}
