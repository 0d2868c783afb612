// Recordings that are dropped on a view or chosen: they are sent to the library.

import { el, withAttributes } from '../lib/dom.js';
import { importFile } from '../lib/library.js';
import { button } from './form.js';

/**
 * Takes files that are dropped on `root`. Returns a button that opens the dialog for files. `notice` shows messages; `imported(ids)` is called with the ids of the new sessions.
 */
export function dropFiles(root, { notice, imported }) {
  async function take(files) {
    const ids = [];
    for (const file of files) {
      notice.show(`Reading ${file.name} …`);
      const { ok, answer, text } = await importFile(file);
      if (ok) ids.push(...(answer?.sessions ?? []));
      else {
        notice.show(text || answer?.reason || answer?.error || `${file.name} cannot be read.`, { isProblem: true });
        return;
      }
    }
    notice.show(ids.length ? 'Added to the library.' : 'This recording has no session.', { isProblem: ids.length === 0 });
    if (ids.length) imported(ids);
  }
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  root.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.add('dropping');
  });
  root.addEventListener('dragleave', (event) => {
    if (!root.contains(event.relatedTarget)) root.classList.remove('dropping');
  });
  root.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.classList.remove('dropping');
    take([...event.dataTransfer.files]);
  });
  const input = withAttributes(el('input', 'spoken'), { type: 'file', accept: '.acevo', multiple: '', tabindex: '-1', 'aria-label': 'Recordings' });
  input.addEventListener('change', () => {
    take([...input.files]);
    input.value = '';
  });
  return el('span', 'drop', button('Open a file …', () => input.click(), { title: 'Add a recording to the library; or drop it on this page' }), input);
}
