// Edits the corners of a track: start, apex and end are dragged on the map; corners get names, are added and removed.

import { el, setHidden, setText } from '../lib/dom.js';
import * as library from '../lib/library.js';
import { addCorner, longestStraight, moveCorner, removeCorner } from '../lib/track-edit.js';
import { editDialog, positionSlider } from './edit-dialog.js';
import { button, selectField, textField } from './form.js';
import { positionText } from './sector-editor.js';
import { trackMap } from './track-map.js';

const PARTS = [['start', 'Start'], ['apex', 'Apex'], ['end', 'End']];
const MAX_NAME = 60;
const titleOf = ({ number, name }) => (name ? `${number}  ${name}` : `Turn ${number}`);

/** Opens the editor. `about` names the track, `points` are its outline; `saved(corners)` is called with the new corners. */
export function editCorners(about, points, known, saved) {
  let corners = known.map((corner) => ({ ...corner }));
  let chosen = 0;
  let map = { draw() {} };
  const sliders = {};
  const texts = {};
  const fields = el('div', 'editor-list');
  const list = selectField('Corner', [], (value) => {
    chosen = Number(value);
    show();
  });
  const name = textField('Name', { maxlength: String(MAX_NAME) }, (value) => change(corners.map((corner, index) => (index === chosen ? { ...corner, name: value } : corner))));
  const direction = selectField('Direction', [['left', 'Left'], ['right', 'Right']], (value) => change(corners.map((corner, index) => (index === chosen ? { ...corner, direction: value } : corner))));

  function change(next) {
    corners = next;
    chosen = Math.min(chosen, corners.length - 1);
    show();
  }

  /** The handles of the chosen corner, then the apexes of the others. */
  function marks() {
    const corner = corners[chosen];
    const own = corner ? PARTS.map(([part, title]) => ({ position: corner[part], label: title, isLarge: true, isChosen: true })) : [];
    return [...own, ...corners.filter((_, index) => index !== chosen).map(({ apex, number }) => ({ position: apex, label: String(number) }))];
  }

  function moved(index, position) {
    if (index < PARTS.length && corners[chosen]) {
      change(moveCorner(corners, chosen, PARTS[index][0], position));
      return;
    }
    // Another corner is chosen by its apex.
    const others = corners.map((_, at) => at).filter((at) => at !== chosen);
    chosen = others[index - (corners[chosen] ? PARTS.length : 0)] ?? chosen;
    show();
  }

  function add() {
    const next = addCorner(corners, longestStraight(corners), 'left');
    if (!next) return;
    const old = new Set(corners.map(({ apex }) => apex));
    chosen = next.findIndex(({ apex }) => !old.has(apex));
    change(next);
  }

  function fill(mapRoot, listRoot) {
    map = trackMap(mapRoot, { points, marks, pieces: () => corners.map(({ start, end }) => [start, end]), moved });
    const rows = PARTS.map(([part, title]) => {
      sliders[part] = positionSlider(title, (position) => change(moveCorner(corners, chosen, part, position)));
      texts[part] = el('span', 'num editor-position');
      return el('div', 'editor-row', el('span', '', title), sliders[part].node, texts[part]);
    });
    fields.append(list.node, name.node, direction.node, ...rows, button('Remove this corner', () => change(removeCorner(corners, chosen))));
    listRoot.append(el('p', 'hint', 'Drag start, apex and end of a corner on the map, or move the sliders.'), fields, button('Add a corner', add));
    show();
    return [];
  }

  function show() {
    list.fill(corners.map((corner, index) => [String(index), titleOf(corner)]));
    list.set(String(chosen));
    const corner = corners[chosen];
    setHidden(fields, !corner);
    if (corner) showCorner(corner);
    map.draw();
  }

  function showCorner(corner) {
    if (document.activeElement !== name.input) name.set(corner.name);
    direction.set(corner.direction);
    for (const [part] of PARTS) {
      const text = positionText(corner[part], about.length_m);
      sliders[part].set(corner[part], text);
      setText(texts[part], text);
    }
  }

  editDialog('Corners of the track', {
    fill,
    save: () => library.saveCorners(about.track, about.layout, { corners }),
    saved: () => saved(corners),
  });
}
