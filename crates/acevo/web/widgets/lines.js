// Curves on a canvas.

/** Draws a channel's last seconds as a line. Holes stay empty. */
export function timeLine(ctx, history, id, seconds, x, y, color, width) {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  let drawing = false;
  history.each(id, seconds, (age, value) => {
    if (Number.isNaN(value)) {
      drawing = false;
      return;
    }
    if (drawing) ctx.lineTo(x(age), y(value));
    else ctx.moveTo(x(age), y(value));
    drawing = true;
  });
  ctx.stroke();
}

/** Draws a channel's last seconds as steps, as for gears. */
export function timeSteps(ctx, history, id, seconds, x, y, color, width) {
  let before = NaN;
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  history.each(id, seconds, (age, value) => {
    if (!Number.isNaN(value)) {
      if (Number.isNaN(before)) ctx.moveTo(x(age), y(value));
      else {
        ctx.lineTo(x(age), y(before));
        ctx.lineTo(x(age), y(value));
      }
    }
    before = value;
  });
  ctx.stroke();
}

/** Draws a curve over lap positions. Holes stay empty, but steps continue through them, as the game has holes between gears. */
export function lapLine(ctx, positions, curve, width, y, { color, thick, steps = false, dashes = [] }) {
  ctx.strokeStyle = color;
  ctx.lineWidth = thick;
  ctx.setLineDash(dashes);
  ctx.beginPath();
  let before = null;
  curve.forEach((value, index) => {
    if (typeof value !== 'number') {
      if (!steps) before = null;
      return;
    }
    const x = positions[index] * width;
    if (before === null) ctx.moveTo(x, y(value));
    else {
      if (steps) ctx.lineTo(x, y(before));
      ctx.lineTo(x, y(value));
    }
    before = value;
  });
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Fills the areas between a curve and zero: below zero in one colour, above zero in another. Holes stay empty. */
export function lapAreas(ctx, positions, curve, width, y, [below, above]) {
  ctx.globalAlpha = 0.35;
  for (const [color, side] of [[below, Math.min], [above, Math.max]]) {
    ctx.fillStyle = color;
    ctx.beginPath();
    let start = -1;
    for (let index = 0; index <= curve.length; index += 1) {
      const value = curve[index];
      if (typeof value === 'number') {
        const x = positions[index] * width;
        if (start < 0) {
          start = index;
          ctx.moveTo(x, y(0));
        }
        ctx.lineTo(x, y(side(0, value)));
      } else if (start >= 0) {
        ctx.lineTo(positions[index - 1] * width, y(0));
        ctx.closePath();
        start = -1;
      }
    }
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}
