// Flags of the game.

import { words } from './format.js';

/** Names by their numbers. */
export const FLAGS = ['NoFlag', 'WhiteFlag', 'GreenFlag', 'RedFlag', 'BlueFlag', 'YellowFlag', 'BlackFlag', 'BlackWhiteFlag', 'CheckeredFlag',
  'OrangeCircleFlag', 'RedYellowStripesFlag'];

/** The name of a flag in words. */
export const flagWords = (flag) => (flag === 'CheckeredFlag' ? 'Chequered flag' : words(flag));
