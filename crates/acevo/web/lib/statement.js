// One text for the state of the connection and the game: a short one for the header, a headline and details for the middle of the page.

import { LIVE, MENU, NOT_CURRENT, PAUSED, REPLAY } from './model.js';

const statementOf = (state, chip, headline = '', detail = '') => ({ state, chip, headline, detail });

const LINK = 'Open the complete link that “acevo serve --lan” printed, including “?token=…”.';
const NEW_TOKEN = `acevo was restarted with another token. ${LINK} With --token-file links stay valid.`;

export function statement(model) {
  const { connection, flags, status } = model;
  if (connection !== 'open') return connectionStatement(model);
  if (status.connection === 'log') return statementOf('live', 'Log', status.headline, status.detail);
  return gameStatement(flags, status);
}

function connectionStatement({ connection, hasConnected }) {
  if (connection === 'refused') return statementOf('off', 'Access denied', 'Access denied', hasConnected ? NEW_TOKEN : LINK);
  if (connection === 'full') return statementOf('off', 'Server full', 'Too many open pages', 'acevo has reached its limit of connections. Close another page; this one reconnects by itself.');
  if (connection === 'connecting') return statementOf('wait', 'Connecting');
  return statementOf('off', 'Disconnected', 'acevo is not running', 'Start it with “acevo serve”; this page reconnects by itself.');
}

function gameStatement(flags, status) {
  const source = sourceOf(status);
  const end = status.headline || 'End of recording';
  if (status.connection === 'ended') return statementOf('menu', end, end, status.detail);
  if (flags & PAUSED) return statementOf('pause', `${source}Paused`);
  if (flags & REPLAY) return statementOf('replay', `${source}Replay`);
  if (flags & LIVE && flags & NOT_CURRENT) return statementOf('pause', `${source}Resuming`);
  if (flags & LIVE) return statementOf('live', `${source}Live`);
  if (flags & MENU) return statementOf('menu', `${source}Menu`, 'The game is in its menu', 'Enter a session and drive.');
  if (status.connection === 'frozen') return statementOf('wait', 'Stopped', status.headline || 'Telemetry has stopped', status.detail);
  if (status.connection === 'unusable') return statementOf('off', 'Unusable', status.headline || 'The game cannot be read', status.detail);
  // Attached, but the first frame has not arrived.
  if (!status.connection || status.connection === 'attached') return statementOf('wait', 'Connected');
  return statementOf('wait', 'Waiting', status.headline || 'Waiting for the game', status.detail || 'acevo connects by itself when the game starts.');
}

function sourceOf({ demo, recording }) {
  if (demo) return 'Demo · ';
  return recording ? 'Recording · ' : '';
}
