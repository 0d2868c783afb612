// Draws the sectors of a track: their ends are dragged on the map, added and removed.

import { el, setText } from '../lib/dom.js';
import { fixed } from '../lib/format.js';
import * as library from '../lib/library.js';
import { addEnd, moveEnd, removeEnd } from '../lib/track-edit.js';
import { units } from '../lib/units.js';
import { editDialog, positionSlider } from './edit-dialog.js';
import { button } from './form.js';
import { trackMap } from './track-map.js';

/** The server's limit is one sector more. */
const MAX_ENDS = 29;

/** A lap position as a distance, or in percent if the length is unknown. */
export const positionText = (position, length) => (length > 0 ? units.full('distance', (position * length) / 1000) : `${fixed(position * 100, 1)} %`);

/** Opens the editor. `about` names the track, `points` are its outline; `saved(ends)` is called with the new ends, or `null` for the game's. */
export async function editSectors(about, points, saved) {
  const { answer } = await library.sectors(about.track, about.layout);
  let ends = answer?.ends ?? about.sector_ends ?? [];
  let isReset = false;
  let map = { draw() {} };
  const rows = [];

  function change(next) {
    ends = next;
    isReset = false;
    show();
  }

  function fill(mapRoot, listRoot) {
    map = trackMap(mapRoot, {
      points,
      marks: () => ends.map((position, index) => ({ position, label: `S${index + 1} | S${index + 2}`, isLarge: true })),
      moved: (index, position) => change(moveEnd(ends, index, position)),
    });
    const holder = el('ol', 'editor-rows');
    const add = button('Add a sector', () => {
      if (ends.length < MAX_ENDS) change(addEnd(ends));
    });
    listRoot.append(el('p', 'hint', 'Drag the ends of the sectors on the map, or move the sliders. New laps have these sectors.'), holder, add);
    show = () => {
      while (rows.length > ends.length) rows.pop().node.remove();
      while (rows.length < ends.length) rows.push(createRow(rows.length, holder));
      rows.forEach(({ slider, text }, index) => {
        const shown = positionText(ends[index], about.length_m);
        slider.set(ends[index], shown);
        setText(text, shown);
      });
      map.draw();
    };
    show();
    return [button('Back to the game\u2019s sectors', () => {
      isReset = true;
      ends = [];
      show();
    })];
  }

  let show = () => {};

  function createRow(index, holder) {
    const slider = positionSlider(`End of sector ${index + 1}`, (position) => change(moveEnd(ends, index, position)));
    const text = el('span', 'num editor-position');
    const remove = button('✕', () => change(removeEnd(ends, index)), { 'aria-label': `Remove the end of sector ${index + 1}`, class: 'tool tool-small' });
    const node = el('li', 'editor-row', el('span', '', `Sector ${index + 1} ends at`), slider.node, text, remove);
    holder.append(node);
    return { node, slider, text };
  }

  editDialog('Sectors of the track', {
    fill,
    save: () => library.saveSectors(about.track, about.layout, { ends: isReset ? null : ends }),
    saved: () => saved(isReset ? null : ends),
  });
}
