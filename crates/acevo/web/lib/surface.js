// A canvas with the resolution of the screen, and the colours of the page's style.

import { el, withAttributes } from './dom.js';

const COLORS = ['text', 'muted', 'faint', 'line', 'panel', 'accent', 'warm', 'alert', 'best', 'ground', 'lap-a', 'lap-b', 'lap-c', 'lap-d'];
/** All surfaces of the page, without keeping removed ones in memory. */
const surfaces = new Set();
const highContrast = matchMedia('(forced-colors: active)');

export class Surface {
  width = 0;
  height = 0;
  /** The font size in CSS pixels. */
  em = 16;
  colors = {};
  /** True if the user's system sets the colours, as in the high-contrast mode of Windows. */
  isHighContrast = false;
  /** Changes when anything prepared for drawing must be computed again. */
  version = 0;
  #pixels = [0, 0];

  /** Fills the parent. `label` is the text alternative. `resized` is called when the content must be drawn again. */
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
      // The exact size in device pixels, unless the browser reports another kind of pixel.
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

  /** Changes the text alternative. */
  describe(text) {
    withAttributes(this.canvas, { 'aria-label': text });
  }

  /** Reads the colours and the font size again. */
  restyle() {
    const style = getComputedStyle(this.holder);
    this.em = parseFloat(style.fontSize) || 16;
    this.family = style.fontFamily;
    this.isHighContrast = highContrast.matches;
    for (const name of COLORS) this.colors[name] = style.getPropertyValue(`--${name}`).trim() || '#888';
    this.version += 1;
  }

  /** Clears the canvas and returns its context, with CSS pixels as the unit. `null` if the canvas has no area. */
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

  /** The width of one device pixel in CSS pixels. */
  get hair() {
    return this.width / (this.#pixels[0] || 1);
  }

  font(size = 0.75, weight = 500) {
    this.ctx.font = `${weight} ${size * this.em}px ${this.family}`;
  }

  /** A horizontal or vertical line, aligned to device pixels. */
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

/** Makes all surfaces read their colours again. */
export function restyleAll() {
  for (const reference of surfaces) {
    const surface = reference.deref();
    if (surface) surface.restyle();
    else surfaces.delete(reference);
  }
}

highContrast.addEventListener('change', restyleAll);
