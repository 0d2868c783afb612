// What there is to say about the connection and the game, in one place.

import { LIVE, MENU, NOT_CURRENT, PAUSED, REPLAY } from './model.js';

const say = (state, chip, headline = '', detail = '') => ({ state, chip, headline, detail });

export function statement(model) {
  const { connection, flags, status } = model;
  if (connection === 'refused') {
    return say('off', 'No entry', 'acevo wants its token', 'Open the address that acevo has printed, with everything behind the question mark.');
  }
  if (connection === 'full') return say('off', 'Full', 'Too many pages are open', 'acevo serves no more of them at once. Close one; this page comes back by itself.');
  if (connection === 'connecting') return say('wait', 'Connecting');
  if (connection !== 'open') return say('off', 'Disconnected', 'acevo does not answer', 'Start it with “acevo serve”; this page comes back by itself.');
  const from = status.demo ? 'Demo · ' : status.recording ? 'Recording · ' : '';
  if (status.link === 'ended') return say('menu', status.headline || 'End of recording', status.headline || 'End of recording', status.detail);
  if (flags & PAUSED) return say('pause', `${from}Paused`);
  if (flags & REPLAY) return say('replay', `${from}Replay`);
  if (flags & LIVE && flags & NOT_CURRENT) return say('pause', `${from}Resuming`);
  if (flags & LIVE) return say('live', `${from}Live`);
  if (flags & MENU) return say('menu', `${from}Menu`, 'The game is in its menu', 'Enter a session and drive.');
  if (status.link === 'frozen') return say('wait', 'Frozen', status.headline || 'The game does not answer', status.detail);
  if (status.link === 'unusable') return say('off', 'Unusable', status.headline || 'The game cannot be read', status.detail);
  // The first frame is on its way.
  if (!status.link || status.link === 'attached') return say('wait', 'Connected');
  return say('wait', 'Waiting', status.headline || 'Waiting for the game', status.detail || 'It is found by itself when it starts.');
}
