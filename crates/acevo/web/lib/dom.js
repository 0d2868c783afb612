// Helpers for elements. The setters write only if the value has changed, so an unchanged page causes no layout.

/** An element with a class and children. Strings become text nodes. */
export function el(tag, classes = '', ...children) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  node.append(...children);
  return node;
}

/** Sets attributes and returns the element. Unchanged attributes are not written. */
export function withAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  return node;
}

const writtenTexts = new WeakMap();

/** Sets the text if it has changed. */
export function setText(node, text) {
  if (writtenTexts.get(node) === text) return;
  writtenTexts.set(node, text);
  node.textContent = text;
}

/** Sets a style property if it has changed. */
export function setStyle(node, name, value) {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/** Sets `data-name` if it has changed. An empty value removes it. */
export function setData(node, name, value) {
  if (!value) {
    if (name in node.dataset) delete node.dataset[name];
  } else if (node.dataset[name] !== value) {
    node.dataset[name] = value;
  }
}

/** Hides or shows an element. */
export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** Adds a file of styles to the page, once. Views that are loaded when they are needed bring their own. */
export function stylesheet(name) {
  const href = `/assets/styles/${name}.css`;
  if ([...document.styleSheets].some((sheet) => sheet.href?.endsWith(href)) || document.querySelector(`link[href="${href}"]`)) return;
  const link = withAttributes(el('link'), { rel: 'stylesheet', href });
  // Styles of the high-contrast mode stay the last ones.
  document.head.insertBefore(link, document.querySelector('link[href$="high-contrast.css"]'));
}

/** A label above a value, with setters for both. */
export function figure(name, classes = '') {
  const label = el('span', 'label', name);
  const value = el('span', 'value', '–');
  const node = el('div', `figure ${classes}`, label, value);
  return {
    node,
    set(text, state = '') {
      setText(value, text);
      setData(value, 'state', state);
    },
    rename: (text) => setText(label, text),
  };
}

/** A section of the page with a title. */
export function panel(name, title) {
  const node = el('section', `panel panel-${name}`);
  node.setAttribute('aria-label', title);
  const body = el('div', 'body');
  node.append(el('h2', 'label', title), body);
  return { node, body };
}

/** A group of buttons with one pressed. Entries are `[value, text, title]`. */
export function choice(label, entries, chosen, choose) {
  const group = withAttributes(el('div', 'choice'), { role: 'group', 'aria-label': label });
  const buttons = entries.map(([value, text, title = '']) => {
    const button = withAttributes(el('button', '', text), { type: 'button', value: String(value), 'aria-pressed': String(value === chosen), title });
    button.addEventListener('click', () => {
      press(group, value);
      choose(value);
    });
    return button;
  });
  group.append(...buttons);
  return group;
}

/** Shows another button of a `choice` as pressed. */
export function press(group, value) {
  for (const button of group.children) withAttributes(button, { 'aria-pressed': String(button.value === String(value)) });
}
