// The track, coloured by the time that a lap gains or loses to another one.

/** The visible part is drawn in this many pieces. */
const PIECES = 200;
/** The time is measured from this distance before a piece to this distance after it, as a fraction of the part. */
const NEAR = 0.006;
/** Colours are full at one second lost per eighth of a lap. */
const FULL = 1 / 8;
/** A weaker colour is not drawn. */
const FAINTEST = 0.15;
/** Colours have this many strengths, so that all pieces with the same one are drawn together. */
const STRENGTHS = 10;

/**
 * Draws the track between two lap positions. `timeLost(from, to)` returns the seconds lost between two lap positions, or 0 if they are unknown. A
 * shorter part has as many pieces as a whole lap, and shows smaller differences.
 */
export function drawLost(surface, track, timeLost, [from, to]) {
  const { ctx, em, colors, isHighContrast } = surface;
  const part = Math.max(to - from, 1e-3);
  // The outline of an unfinished lap has no piece from its end to its beginning.
  const pieces = track.known || part < 1 ? PIECES : PIECES - 1;
  ctx.lineWidth = em * 0.45;
  // Round ends of neighbours with different strengths would cover each other.
  ctx.lineCap = 'butt';
  ctx.strokeStyle = colors.line;
  ctx.stroke(track.piece(from, from + (part * pieces) / PIECES));
  for (const [level, path] of pathsByLevel(track, timeLost, { from, part, pieces })) {
    // In high-contrast mode the width shows where the lap is slower.
    ctx.lineWidth = isHighContrast && level > 0 ? em * 0.9 : em * 0.45;
    ctx.globalAlpha = Math.abs(level) / STRENGTHS;
    ctx.strokeStyle = level < 0 ? colors.accent : colors.warm;
    ctx.stroke(path);
  }
  ctx.globalAlpha = 1;
  ctx.lineCap = 'round';
}

/** Paths by the strength of their colour, negative for time gained. Neighbouring pieces with the same one are one line. */
function pathsByLevel(track, timeLost, { from, part, pieces }) {
  const at = (piece) => from + (part * piece) / PIECES;
  const near = NEAR * part;
  const paths = new Map();
  let start = 0;
  let level = 0;
  for (let piece = 0; piece <= pieces; piece += 1) {
    const next = piece < pieces ? levelOf(timeLost(at(piece) - near, at(piece + 1) + near), part / PIECES + 2 * near) : NaN;
    if (next === level) continue;
    if (level !== 0 && piece > start) {
      if (!paths.has(level)) paths.set(level, new Path2D());
      track.addPiece(paths.get(level), at(start), at(piece));
    }
    [start, level] = [piece, next];
  }
  return paths;
}

function levelOf(lost, length) {
  const strength = Math.min(1, (Math.abs(lost) / length) * FULL);
  return strength >= FAINTEST ? Math.sign(lost) * Math.round(strength * STRENGTHS) : 0;
}
