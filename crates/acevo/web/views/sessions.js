// The library: all sessions of all recordings, and a page for each.

import { Basket } from '../lib/basket.js';
import { el, setHidden, stylesheet } from '../lib/dom.js';
import * as library from '../lib/library.js';
import { units } from '../lib/units.js';
import { basketBar } from '../widgets/basket-bar.js';
import { dropFiles } from '../widgets/drop-files.js';
import { noticeBar } from '../widgets/notice-bar.js';
import { sessionList } from '../widgets/session-list.js';
import { sessionPage } from '../widgets/session-page.js';

export function sessions(root, { show }) {
  stylesheet('library');
  const basket = new Basket();
  const [listRoot, pageRoot] = [el('div', 'session-list'), el('div', 'session-page')];
  const notice = noticeBar(root);
  const list = sessionList(listRoot, { basket, show });
  const page = sessionPage(pageRoot, { basket, notice, show, removed });
  const drop = dropFiles(root, { notice, imported: (ids) => (ids.length === 1 ? show(`sessions/${ids[0]}`) : list.reload()) });
  listRoot.firstChild.append(drop);
  root.append(listRoot, pageRoot);
  basketBar(root, basket, { show });
  let shown = '';
  let version = 0;

  function removed(text, undo) {
    show('sessions');
    if (!undo) {
      notice.show(text);
      return;
    }
    notice.show(text, {
      action: 'Undo',
      act: async () => {
        const { ok, text: reason } = await library.undoRemove(undo);
        notice.show(ok ? 'The recording is back.' : reason || 'The recording cannot be brought back.', { isProblem: !ok });
        list.reload();
      },
    });
  }

  return {
    channels: [],
    route({ rest, query }) {
      shown = rest;
      setHidden(listRoot, Boolean(rest));
      setHidden(pageRoot, !rest);
      if (rest) page.load(rest);
      else list.show(query);
    },
    update() {
      // Values of tables are in the chosen units.
      const hasChanged = version !== units.version && version !== 0;
      version = units.version;
      if (hasChanged && shown) page.load(shown);
    },
  };
}
