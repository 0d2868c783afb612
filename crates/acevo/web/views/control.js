// The control of `acevo run`: the state of its tasks, what it can be asked for, and the settings.

import { el, panel, setHidden } from '../lib/dom.js';
import { controls } from '../widgets/controls.js';
import { settingsForm } from '../widgets/settings.js';
import { gameTask, problems, programTask, recordingTask } from '../widgets/tasks.js';

const ONLY_RUN = '“acevo run” offers recording of every drive, control and all settings here; this page is that of “acevo serve”.';
/** After this time without being shown, the settings are loaded again. */
const AWAY_MS = 3000;

const PANELS = { problems: 'Problems', control: 'Control', recording: 'Recording', game: 'Game', program: 'Program', settings: 'Settings' };

/** `background` has the state of the tasks; `settingsChanged` is called with the settings after a change. */
export function control(root, { background, settingsChanged }) {
  const parts = Object.fromEntries(Object.entries(PANELS).map(([name, title]) => [name, panel(name, title)]));
  const only = el('p', 'intro', ONLY_RUN);
  root.append(only, el('div', 'control-tasks', ...['problems', 'control', 'recording', 'game', 'program'].map((name) => parts[name].node)), parts.settings.node);
  const updates = [problems(parts.problems.node), controls(parts.control.body, { background }), recordingTask(parts.recording.body), gameTask(parts.game.body), programTask(parts.program.body)];
  let model = null;
  let connections = 0;
  let shownAt = 0;
  let mustLoad = true;
  const form = settingsForm(parts.settings.body, {
    load: () => model.document('/api/settings'),
    saved: settingsChanged,
    track: () => [model?.status.track, model?.status.configuration].filter(Boolean).join('/'),
  });

  return {
    channels: [],
    update(next) {
      model = next;
      const { status } = background;
      const isRun = Boolean(status?.recording);
      setHidden(only, !status || isRun);
      for (const name of ['control', 'recording', 'settings']) setHidden(parts[name].node, Boolean(status) && !isRun);
      for (const update of updates) update(status);
      const now = performance.now();
      mustLoad ||= now - shownAt > AWAY_MS || connections !== model.connections;
      shownAt = now;
      if (mustLoad && isRun && model.connection === 'open') {
        mustLoad = false;
        connections = model.connections;
        form.reload();
      }
    },
  };
}
