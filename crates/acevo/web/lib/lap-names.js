// Names and dates of laps and sessions of the library.

import { lapTimeMs } from './format.js';

const DAY_MS = 24 * 3600 * 1000;

/** A time in UTC as a local date and time: `24 Nov, 18:30`, with the year if it is another one. Empty if it is unknown. */
export function dateText(utc, now = new Date()) {
  const date = new Date(utc ?? NaN);
  if (Number.isNaN(date.getTime())) return '';
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  return date.toLocaleString(undefined, { day: 'numeric', month: 'short', ...year, hour: '2-digit', minute: '2-digit' });
}

/** The start of a period that ended now, as a UTC time for a filter; empty for everything. */
export const daysAgo = (days, now = Date.now()) => (days > 0 ? new Date(now - days * DAY_MS).toISOString() : '');

/** Track and layout: `Valdombra Gran Premio`. */
export const trackText = ({ track_name: track, track: raw, layout_name: layout, layout: rawLayout }) => [track || raw, layout || rawLayout].filter(Boolean).join(' ') || 'Unknown track';

/** The car of a session or lap. */
export const carText = ({ car_name: car, car: raw }) => car || raw || 'Unknown car';

/** The title of a session: the user's, else track, car and kind. */
export const sessionTitle = (session) => session.title || [trackText(session), carText(session)].join(' · ');

/** What a lap is called in a comparison: `Lap 3 · 1:23.456`. */
export const lapTitle = ({ number, time_ms: time }) => [number ? `Lap ${number}` : 'Lap', time ? lapTimeMs(time) : 'no time'].join(' · ');

/** Where a lap comes from: car, driver and date, as far as they are known. */
export const lapOrigin = (lap) => [carText(lap), lap.driver, dateText(lap.began)].filter(Boolean).join(' · ');
