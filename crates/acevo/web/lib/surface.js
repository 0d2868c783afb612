// A canvas that is as sharp as the screen, and its colours.

import { el, withAttributes } from './dom.js';

const COLORS = ['text', 'muted', 'faint', 'line', 'panel', 'accent', 'warm', 'alert', 'best', 'ground'];
/** Of canvases that are gone nothing is kept. */
const surfaces = new Set();

export class Surface {
  width = 0;
  height = 0;
  /** The size of a letter in CSS pixels. */
  em = 16;
  colors = {};
  /** Grows when something kept for drawing is of no use any more. */
  version = 0;
  #pixels = [0, 0];

  /** In the element, filling it. `resized` is called when there is something to draw anew. */
  constructor(parent, label, resized = () => {}) {
    this.canvas = withAttributes(el('canvas', 'surface'), { role: 'img', 'aria-label': label });
    this.ctx = this.canvas.getContext('2d');
    this.holder = el('div', 'holder', this.canvas);
    parent.append(this.holder);
    surfaces.add(new WeakRef(this));
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      const device = entry.devicePixelContentBoxSize?.[0];
      const ratio = devicePixelRatio || 1;
      // Exact where the browser tells it, unless it tells pixels of another kind.
      const exact = device && Math.abs(device.inlineSize - width * ratio) < 2;
      this.#pixels = exact ? [device.inlineSize, device.blockSize] : [Math.round(width * ratio), Math.round(height * ratio)];
      [this.width, this.height] = [width, height];
      this.restyle();
      resized();
    });
    try {
      observer.observe(this.holder, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(this.holder);
    }
  }

  /** Reads colours and the size of letters anew. */
  restyle() {
    const style = getComputedStyle(this.holder);
    this.em = parseFloat(style.fontSize) || 16;
    this.family = style.fontFamily;
    for (const name of COLORS) this.colors[name] = style.getPropertyValue(`--${name}`).trim() || '#888';
    this.version += 1;
  }

  /** A clean canvas in CSS pixels; `null` where there is no room. */
  begin() {
    const [width, height] = this.#pixels;
    if (width < 2 || height < 2) return null;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.ctx.setTransform(width / this.width, 0, 0, height / this.height, 0, 0);
    this.ctx.clearRect(0, 0, this.width, this.height);
    this.ctx.lineJoin = this.ctx.lineCap = 'round';
    return this.ctx;
  }

  /** The width of one pixel of the screen. */
  get hair() {
    return this.width / (this.#pixels[0] || 1);
  }

  font(size = 0.75, weight = 500) {
    this.ctx.font = `${weight} ${size * this.em}px ${this.family}`;
  }

  /** A straight line on whole pixels. */
  rule(x1, y1, x2, y2, color, width = 1) {
    const { ctx, hair } = this;
    const snap = (v) => (Math.round(v / hair) + 0.5) * hair;
    ctx.strokeStyle = color;
    ctx.lineWidth = Math.max(hair, Math.round(width / hair) * hair);
    ctx.beginPath();
    ctx.moveTo(x1 === x2 ? snap(x1) : x1, y1 === y2 ? snap(y1) : y1);
    ctx.lineTo(x1 === x2 ? snap(x2) : x2, y1 === y2 ? snap(y2) : y2);
    ctx.stroke();
  }

  label(text, x, y, { color = this.colors.muted, size = 0.75, align = 'left', base = 'alphabetic', weight = 500 } = {}) {
    this.font(size, weight);
    this.ctx.fillStyle = color;
    this.ctx.textAlign = align;
    this.ctx.textBaseline = base;
    this.ctx.fillText(text, x, y);
  }
}

/** After colours or units have changed. */
export function restyleAll() {
  for (const reference of surfaces) {
    const surface = reference.deref();
    if (surface) surface.restyle();
    else surfaces.delete(reference);
  }
}
