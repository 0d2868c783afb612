// The laps of a session of the library, with what can be done with each.

import { el, setData, setHidden, withAttributes } from '../lib/dom.js';
import { lapTimeMs, sectorMs, signed, words } from '../lib/format.js';
import { bestSectors, bestTime, sectorCount, verdict } from '../lib/laps.js';
import * as library from '../lib/library.js';
import { units } from '../lib/units.js';
import { basketButton } from './basket-bar.js';
import { button } from './form.js';

const BEFORE = ['Lap', 'Time', 'Gap'];
const AFTER = ['Stint', 'Fuel', 'Top speed', 'Tyres', 'Pressures', 'Brakes max.', '', 'Use'];
/** Cells before the sectors, without the number of the lap. */
const FIRST_SECTOR = BEFORE.length - 1;

const scoped = (text, scope) => withAttributes(el('th', '', text), { scope });
const link = (text, href, title) => withAttributes(el('a', 'tool tool-small', text), { href, download: '', title });
const wheels = (values, kind) => (Array.isArray(values) && values.some(Number.isFinite) ? values.map((value) => units.show(kind, value)).join(' ') : '–');

const noteOf = (lap) => [
  lap.kind && lap.kind !== 'flying' ? words(lap.kind) : '',
  lap.incomplete ? words(lap.incomplete) : '',
  verdict(lap.validity) === 'invalid' ? `✕ ${words(lap.validity.reason ?? lap.invalid_reason ?? 'invalid')}` : '',
].filter(Boolean).join(' · ');

function gapText(lap, best) {
  if (!lap.time_ms || !Number.isFinite(best)) return '';
  return lap.time_ms === best ? 'best' : signed((lap.time_ms - best) / 1000);
}

function stateOf(lap, best) {
  if (lap.time_ms && lap.time_ms === best) return 'best';
  return lap.incomplete || verdict(lap.validity) === 'invalid' ? 'invalid' : '';
}

const textsOf = (lap, sectors, gap) => [
  lapTimeMs(lap.time_ms), gap, ...sectors.map(sectorMs), lap.stint ?? '', units.full('volume', lap.fuel_used_l, 2), units.full('speed', lap.speed_max_kmh),
  wheels(lap.tyre_core_c, 'temperature'), wheels(lap.tyre_pressure_psi, 'pressure'), wheels(lap.brake_max_c, 'temperature'), noteOf(lap),
];

/** The table of laps. The returned function shows those of a session. */
export function sessionLaps(root, { basket, notice }) {
  const empty = el('p', 'hint', 'This session has no lap.');
  const holder = withAttributes(el('div', 'scroll-wide'), { tabindex: '0', role: 'region', 'aria-label': 'Laps' });
  root.append(empty, holder);
  let picks = [];
  basket.onChange(() => {
    for (const { update } of picks) update();
  });

  return ({ laps }) => {
    picks = [];
    setHidden(empty, laps.length > 0);
    const best = bestTime(laps);
    const fastest = bestSectors(laps);
    const count = sectorCount(null, laps);
    const heads = [...BEFORE, ...Array.from({ length: count }, (_, index) => `S${index + 1}`), ...AFTER];
    const body = el('tbody', '', ...laps.map(row));
    holder.replaceChildren(el('table', 'board session-laps', el('thead', '', el('tr', '', ...heads.map((text) => scoped(text, 'col')))), body));

    function row(lap) {
      const sectors = Array.from({ length: count }, (_, sector) => lap.sectors_ms?.[sector]);
      const cells = textsOf(lap, sectors, gapText(lap, best)).map((text) => el('td', '', String(text)));
      sectors.forEach((ms, sector) => setData(cells[FIRST_SECTOR + sector], 'state', ms && ms === fastest[sector] ? 'best' : ''));
      const node = el('tr', '', scoped(String(lap.number), 'row'), ...cells, el('td', 'lap-use', el('span', 'lap-actions', ...actions(lap))));
      setData(node, 'state', stateOf(lap, best));
      return node;
    }
  };

  async function useAsReference(lap) {
    const { ok, text } = await library.chooseReference(lap.id);
    if (!ok) {
      notice.show(text || 'The lap cannot be used as the reference lap.', { isProblem: true });
      return;
    }
    notice.show(`Lap ${lap.number}, ${lapTimeMs(lap.time_ms)}, is the reference lap of this car on this track.`, {
      action: 'Remove',
      act: async () => {
        const { ok: isRemoved, text: reason } = await library.removeReference(lap.id);
        notice.show(isRemoved ? 'There is no reference lap any more: the best lap of the session takes its place.' : reason || 'The reference lap cannot be removed.', { isProblem: !isRemoved });
      },
    });
  }

  function actions(lap) {
    const made = basketButton(basket, lap.id, `Lap ${lap.number} ${lap.time_ms ? lapTimeMs(lap.time_ms) : ''}`.trim());
    picks.push(made);
    const reference = button('Reference', () => useAsReference(lap), { class: 'tool tool-small', title: 'Compare your next laps with this car on this track with this lap, live' });
    return [
      made.node,
      ...(lap.time_ms && !lap.incomplete ? [reference] : []),
      link('File', library.lapFile(lap.id), 'Share this lap: a recording with only this lap, which acevo opens anywhere'),
      link('Picture', library.lapPicture(lap.id), 'This lap as a picture'),
      link('CSV', library.lapTable(lap.id), 'This lap as a table'),
    ];
  }
}
