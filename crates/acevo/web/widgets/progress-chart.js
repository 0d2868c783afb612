// The best lap of each session with one car on one track, oldest first.

import { setText, el } from '../lib/dom.js';
import { lapTimeMs } from '../lib/format.js';
import { dateText, trackText, carText } from '../lib/lap-names.js';
import * as library from '../lib/library.js';
import { progressPoints } from '../lib/progress.js';
import { Surface } from '../lib/surface.js';
import { dot } from '../lib/track.js';

const LABEL = 'Best lap of each session';

/** `show(address)` shows the session of a point that is clicked. */
export function progressChart(root, { show }) {
  const title = el('p', 'hint');
  const plot = el('div', 'progress-plot');
  root.append(title, plot);
  const surface = new Surface(plot, LABEL, draw);
  let points = [];

  const place = ({ x, y }) => {
    const { width, height, em } = surface;
    return [em + x * (width - 2 * em), height - em * 1.6 - y * (height - em * 3.4)];
  };

  function draw() {
    const ctx = surface.begin();
    if (!ctx || points.length === 0) return;
    const { colors, em, width, height } = surface;
    ctx.strokeStyle = colors.muted;
    ctx.lineWidth = em * 0.1;
    ctx.beginPath();
    points.forEach((point, index) => {
      if (index) ctx.lineTo(...place(point));
      else ctx.moveTo(...place(point));
    });
    ctx.stroke();
    for (const point of points) dot(ctx, ...place(point), em * (point.best ? 0.35 : 0.22), point.best ? colors.best : colors.text, colors.panel, em * 0.1);
    const times = points.map(({ entry }) => entry.best_ms);
    surface.label(lapTimeMs(Math.max(...times)), 0, em * 0.9);
    surface.label(lapTimeMs(Math.min(...times)), 0, height - em * 0.3);
    surface.label(dateText(points[points.length - 1].entry.began), width, height - em * 0.3, { align: 'right' });
  }

  plot.addEventListener('click', (event) => {
    const box = plot.getBoundingClientRect();
    const away = (point) => Math.abs(place(point)[0] - (event.clientX - box.left));
    const nearest = points.reduce((best, point) => (best && away(best) <= away(point) ? best : point), null);
    if (nearest) show(`sessions/${nearest.entry.session}`);
  });

  return {
    async load(about) {
      const { answer } = await library.progress(about);
      points = progressPoints(Array.isArray(answer) ? answer : []);
      setText(title, `${trackText(about)} · ${carText(about)}`);
      const ends = points.length ? `: from ${lapTimeMs(points[0].entry.best_ms)} to ${lapTimeMs(points[points.length - 1].entry.best_ms)} in ${points.length} sessions` : '';
      surface.describe(LABEL + ends);
      draw();
    },
  };
}
