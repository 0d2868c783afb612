// Keeps the screen on while it is wanted, where the browser can: it needs a secure page or this machine's own address.

const LOOK_MS = 5000;

export function keepAwake(wanted) {
  if (!navigator.wakeLock) return;
  let lock = null;
  const look = async () => {
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
  setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
}
