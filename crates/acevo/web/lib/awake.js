// Keeps the screen on. Browsers allow this only on secure pages and on this computer's own address.

const CHECK_MS = 5000;

/** Holds a wake lock while `wanted()` is true and the page is visible. */
export function keepAwake(wanted) {
  if (!navigator.wakeLock) return;
  let lock = null;
  const check = async () => {
    if (document.hidden) return;
    if (!wanted()) {
      lock?.release();
      lock = null;
    } else if (!lock || lock.released) {
      try {
        lock = await navigator.wakeLock.request('screen');
      } catch {
        lock = null;
      }
    }
  };
  setInterval(check, CHECK_MS);
  document.addEventListener('visibilitychange', check);
}
