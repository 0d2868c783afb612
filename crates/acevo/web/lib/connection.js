// The WebSocket to acevo: subscribes, decodes frames, and comes back by itself.

const SHORTEST_MS = 300;
const LONGEST_MS = 5000;
/** The server sends something each second; after this long without anything the line is dead. */
const SILENT_MS = 5000;
const HEADER = 16;

export class Connection {
  #socket = null;
  #wanted = { channels: [], rate: 1 };
  #subscription = 0;
  #sent = new Map();
  #wait = SHORTEST_MS;
  #retry = 0;
  #heard = 0;
  #handlers;

  /** Handlers: `frame(ids, view, offset, flags, seconds)`, `message(object)`, `state(name)`. */
  constructor(handlers) {
    this.#handlers = handlers;
    setInterval(() => this.#watch(), 1000);
    addEventListener('online', () => this.#now());
    document.addEventListener('visibilitychange', () => document.hidden || this.#now());
    this.#open();
  }

  /** Says what is wanted, now and after each new connection. */
  subscribe(channels, rate) {
    const same = rate === this.#wanted.rate && channels.length === this.#wanted.channels.length
      && channels.every((id, index) => id === this.#wanted.channels[index]);
    if (same) return;
    this.#wanted = { channels, rate };
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send();
  }

  #send() {
    this.#subscription += 1;
    this.#sent.set(this.#subscription, this.#wanted.channels);
    this.#socket.send(JSON.stringify(this.#wanted));
  }

  #open() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heard = performance.now();
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#subscription = 0;
      this.#sent.clear();
      this.#send();
      this.#handlers.state('open');
    };
    socket.onmessage = ({ data }) => {
      this.#heard = performance.now();
      this.#wait = SHORTEST_MS;
      if (typeof data === 'string') this.#text(data);
      else this.#binary(data);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#handlers.state('closed');
      if (!opened) this.#ask();
      this.#retry = setTimeout(() => this.#open(), this.#wait * (0.8 + Math.random() * 0.4));
      this.#wait = Math.min(LONGEST_MS, this.#wait * 1.7);
    };
  }

  /** A socket does not tell why it was refused; a document does. */
  async #ask() {
    try {
      const { status } = await fetch('/api/snapshot?channels=speed', { cache: 'no-store' });
      if (this.#socket?.readyState === WebSocket.OPEN) return;
      if (status === 401 || status === 403) this.#handlers.state('refused');
      else if (status === 503) this.#handlers.state('full');
    } catch {
      // It does not run: that is said already.
    }
  }

  #now() {
    if (this.#socket) return;
    this.#wait = SHORTEST_MS;
    this.#open();
  }

  #watch() {
    const socket = this.#socket;
    if (!socket || performance.now() - this.#heard < SILENT_MS) return;
    socket.close();
    // A dead line may take minutes to close.
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
    if (data.byteLength < HEADER) return;
    const view = new DataView(data);
    if (view.getUint8(0) !== 1) return;
    const number = view.getUint16(2, true);
    const ids = this.#sent.get(number);
    if (!ids || data.byteLength < HEADER + 4 * ids.length) return;
    for (const older of this.#sent.keys()) if (older < number) this.#sent.delete(older);
    this.#handlers.frame(ids, view, HEADER, view.getUint8(1), view.getFloat64(8, true));
  }
}
