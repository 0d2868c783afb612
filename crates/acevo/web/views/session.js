// The session, the car and the weather, the quality of the telemetry, and the events.

import { el, figure, panel } from '../lib/dom.js';
import { fixed, timeOfDay, words } from '../lib/format.js';
import { statement } from '../lib/statement.js';
import { board } from '../widgets/board.js';
import { car, carChannels } from '../widgets/car.js';
import { events } from '../widgets/events.js';
import { fuelPlan, fuelPlanChannels } from '../widgets/fuel-plan.js';
import { race, raceChannels } from '../widgets/race.js';

const PANELS = { session: 'Session', race: 'Race', car: 'Car', health: 'Packets', board: 'Laps', plan: 'Fuel plan', events: 'Events' };

const rate = (hertz) => (Number.isFinite(hertz) ? `${fixed(hertz)} Hz` : '–');
const joined = (...texts) => texts.filter(Boolean).join(' · ') || '–';

function figures(body, names) {
  const shown = names.map((name) => figure(name));
  body.append(el('div', 'figures wide', ...shown.map(({ node }) => node)));
  return shown.map(({ set }) => set);
}

/** Measures the frames per second of this page, once per second. */
function frameRate() {
  let [counted, since, perSecond] = [0, 0, NaN];
  return (model) => {
    const now = performance.now();
    if (now - since > 1000) {
      perSecond = (1000 * (model.frames - counted)) / (now - since);
      [counted, since] = [model.frames, now];
    }
    return model.connection === 'open' ? rate(Math.max(0, perSecond)) : '–';
  };
}

export function session(root) {
  const parts = Object.entries(PANELS).map(([name, title]) => panel(name, title));
  root.append(...parts.map(({ node }) => node));
  const [about, situation, settings, health, done, planned, happened] = parts.map(({ body }) => body);
  const [track, carName, driver, kind, grip, time] = figures(about, ['Track', 'Car', 'Driver', 'Session', 'Start grip', 'Time of day']);
  const [connection, physics, graphics, missed, skipped, version, frames] =
    figures(health, ['Connection', 'Physics', 'Graphics', 'Missed', 'Skipped by game', 'Game', 'This page']);
  const updates = [race(situation), car(settings), board(done, { rows: 8 }), fuelPlan(planned), events(happened)];
  const framesOf = frameRate();
  return {
    channels: [...raceChannels, ...carChannels, ...fuelPlanChannels, 'start_grip', 'session_name', 'session_phase'],
    update(model) {
      const { status } = model;
      for (const update of updates) update(model);
      track(joined([status.track, status.configuration].filter(Boolean).join(' ')));
      carName(joined(status.car));
      driver(joined(status.driver));
      kind(joined(...new Set([status.session, status.phase])));
      grip(words(model.text('start_grip')) || '–');
      time(timeOfDay(model.get('time_of_day')));
      const { headline, chip } = statement(model);
      connection(headline || status.headline || chip);
      physics(rate(status.physics_hz));
      graphics(rate(status.graphics_hz));
      missed(fixed(status.missed));
      skipped(fixed(status.skipped));
      version(joined(status.game_version));
      frames(framesOf(model));
    },
  };
}
