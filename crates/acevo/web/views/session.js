// The session, the car and the weather, how well packets come, and what has happened.

import { car, carChannels } from './car.js';
import { el, figure, panel } from './dom.js';
import { events } from './events.js';
import { clock, fixed, words } from './format.js';
import { board } from './lap.js';
import { race, raceChannels } from './race.js';
import { statement } from './statement.js';

const PANELS = { session: 'Session', race: 'Race', car: 'Car', health: 'Packets', board: 'Laps', events: 'Events' };

const rate = (hertz) => (Number.isFinite(hertz) ? `${fixed(hertz)} Hz` : '–');
const joined = (...texts) => texts.filter(Boolean).join(' · ') || '–';

export function session(root) {
  const parts = Object.entries(PANELS).map(([name, title]) => panel(name, title));
  root.append(...parts.map(({ node }) => node));
  const [about, situation, settings, health, done, happened] = parts.map(({ body }) => body);
  const rows = (body, names) => {
    const shown = names.map((name) => figure(name));
    body.append(el('div', 'figures wide', ...shown.map(({ node }) => node)));
    return shown.map(({ set }) => set);
  };
  const [track, carName, driver, kind, weather, time] = rows(about, ['Track', 'Car', 'Driver', 'Session', 'Start grip', 'Time of day']);
  const [link, physics, graphics, missed, skipped, version, frames] = rows(health, ['Connection', 'Physics', 'Graphics', 'Missed', 'Skipped by game', 'Game', 'This page']);
  const updates = [race(situation), car(settings), board(done, { rows: 8 }), events(happened)];
  let [counted, since, perSecond] = [0, 0, NaN];
  return {
    channels: [...raceChannels, ...carChannels, 'start_grip', 'session_name', 'session_phase'],
    update(model) {
      const { status } = model;
      updates.forEach((update) => update(model));
      track(joined([status.track, status.configuration].filter(Boolean).join(' ')));
      carName(joined(status.car));
      driver(joined(status.driver));
      kind(joined(...new Set([status.session, status.phase])));
      weather(words(model.text('start_grip')) || '–');
      time(clock(model.get('time_of_day')));
      const said = statement(model);
      link(said.headline || status.headline || said.chip);
      physics(rate(status.physics_hz));
      graphics(rate(status.graphics_hz));
      missed(fixed(status.missed));
      skipped(fixed(status.skipped));
      version(joined(status.game_version));
      const now = performance.now();
      if (now - since > 1000) {
        perSecond = (1000 * (model.frames - counted)) / (now - since);
        [counted, since] = [model.frames, now];
      }
      frames(model.connection === 'open' ? rate(Math.max(0, perSecond)) : '–');
    },
  };
}
