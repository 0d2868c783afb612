// The WebSocket connection to acevo: subscribes, decodes frames, and reconnects.

const MIN_RETRY_MS = 300;
const MAX_RETRY_MS = 5000;
/** The server sends at least one message per second. After this long without one the connection is dead. */
const SILENCE_MS = 5000;
const PROBE_MS = 4000;
const HEADER_BYTES = 16;
const MAX_SUBSCRIPTION = 0xffff;

/** What a browser provides. Tests replace it. */
const BROWSER = {
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`),
  /** The HTTP status of a document, which explains why a WebSocket was refused. Rejects if the server does not answer. */
  probe: async () => (await fetch('/api/snapshot?channels=speed', { cache: 'no-store', signal: AbortSignal.timeout?.(PROBE_MS) })).status,
  now: () => performance.now(),
  after: (ms, action) => setTimeout(action, ms),
  cancel: (timer) => clearTimeout(timer),
  every: (ms, action) => setInterval(action, ms),
  /** Calls the action when a connection has become more likely to succeed. */
  onWake(action) {
    addEventListener('online', action);
    document.addEventListener('visibilitychange', () => document.hidden || action());
  },
};

const OPEN = 1;

export class Connection {
  #socket = null;
  #wanted = { channels: [], rate: 1 };
  #subscription = 0;
  /** Channels of each subscription that frames may still belong to, oldest first. */
  #sent = new Map();
  #wait = MIN_RETRY_MS;
  #timer = null;
  #lastMessage = 0;
  #handlers;
  #browser;

  /**
   * Connects at once. Handlers: `frame(ids, view, offset, flags, seconds)`, `message(object)`, and `state(name)` with the states
   * `open`, `closed` (no answer), `refused` (wrong or missing token), and `full` (too many connections).
   */
  constructor(handlers, browser = BROWSER) {
    this.#handlers = handlers;
    this.#browser = browser;
    browser.every(1000, () => this.#checkSilence());
    browser.onWake(() => this.#retryNow());
    this.#open();
  }

  /** Subscribes to channels, now and after each reconnect. */
  subscribe(channels, rate) {
    const wanted = this.#wanted;
    const same = rate === wanted.rate && channels.length === wanted.channels.length && channels.every((id, index) => id === wanted.channels[index]);
    if (same) return;
    this.#wanted = { channels, rate };
    if (this.#socket?.readyState === OPEN) this.#send();
  }

  #send() {
    // The server counts in the same way: from 1 to 65535, then from 1 again.
    this.#subscription = this.#subscription === MAX_SUBSCRIPTION ? 1 : this.#subscription + 1;
    this.#sent.delete(this.#subscription);
    this.#sent.set(this.#subscription, this.#wanted.channels);
    this.#socket.send(JSON.stringify(this.#wanted));
  }

  #open() {
    this.#browser.cancel(this.#timer);
    this.#timer = null;
    const socket = this.#browser.open();
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#lastMessage = this.#browser.now();
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#subscription = 0;
      this.#sent.clear();
      this.#send();
      this.#handlers.state('open');
    };
    socket.onmessage = ({ data }) => {
      this.#lastMessage = this.#browser.now();
      this.#wait = MIN_RETRY_MS;
      if (typeof data === 'string') this.#text(data);
      else this.#binary(data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#closed(opened);
    };
  }

  /** Reports the new state once it is certain, then retries. A refused WebSocket does not say why; a document does. */
  async #closed(opened) {
    this.#socket = null;
    this.#timer = this.#browser.after(this.#wait * (0.8 + Math.random() * 0.4), () => this.#open());
    this.#wait = Math.min(MAX_RETRY_MS, this.#wait * 1.7);
    if (opened) {
      this.#handlers.state('closed');
      return;
    }
    let state = 'closed';
    try {
      const status = await this.#browser.probe();
      if (status === 401 || status === 403) state = 'refused';
      else if (status === 503) state = 'full';
      // The server answers, so the next attempt may succeed; the state stays as it is.
      else return;
    } catch {
      // No answer: closed.
    }
    if (this.#socket?.readyState !== OPEN) this.#handlers.state(state);
  }

  #retryNow() {
    if (this.#socket) return;
    this.#wait = MIN_RETRY_MS;
    this.#open();
  }

  #checkSilence() {
    const socket = this.#socket;
    if (!socket || this.#browser.now() - this.#lastMessage < SILENCE_MS) return;
    socket.close();
    // A dead connection may take minutes to close.
    socket.onclose?.();
    socket.onopen = socket.onmessage = socket.onclose = null;
  }

  #text(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (message && typeof message === 'object') this.#handlers.message(message);
  }

  #binary(data) {
    if (data.byteLength < HEADER_BYTES) return;
    const view = new DataView(data);
    if (view.getUint8(0) !== 1) return;
    const number = view.getUint16(2, true);
    const ids = this.#sent.get(number);
    if (!ids || data.byteLength < HEADER_BYTES + 4 * ids.length) return;
    // Frames come in order: older subscriptions have ended.
    for (const older of this.#sent.keys()) {
      if (older === number) break;
      this.#sent.delete(older);
    }
    this.#handlers.frame(ids, view, HEADER_BYTES, view.getUint8(1), view.getFloat64(8, true));
  }
}
