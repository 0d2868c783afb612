// Small functions for elements. Nothing is written that is there already: a page that is not touched is not laid out again.

/** An element with a class and children; texts become text nodes. */
export function el(tag, classes = '', ...children) {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  node.append(...children);
  return node;
}

/** An element with attributes. */
export function withAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const written = new WeakMap();

/** Sets the text where it is another one. */
export function setText(node, text) {
  if (written.get(node) === text) return;
  written.set(node, text);
  node.textContent = text;
}

/** Sets a property of the style where it is another one. */
export function setStyle(node, name, value) {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/** Sets `data-name` where it is another one; an empty value takes it away. */
export function setData(node, name, value) {
  if (!value) {
    if (name in node.dataset) delete node.dataset[name];
  } else if (node.dataset[name] !== value) {
    node.dataset[name] = value;
  }
}

/** Hides or shows. */
export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** A name and a value below each other, and how to set the value. */
export function figure(name, classes = '') {
  const value = el('span', 'value', '–');
  const node = el('div', `figure ${classes}`, el('span', 'label', name), value);
  return { node, value, set: (text, state = '') => (setText(value, text), setData(value, 'state', state)) };
}

/** A part of the page with a title. */
export function panel(name, title) {
  const node = el('section', `panel panel-${name}`);
  node.setAttribute('aria-label', title);
  const body = el('div', 'body');
  node.append(el('h2', 'label', title), body);
  return { node, body };
}

/** Buttons of which one is chosen. */
export function choice(label, entries, chosen, choose) {
  const group = withAttributes(el('div', 'choice'), { role: 'group', 'aria-label': label });
  const buttons = entries.map(([value, text]) => {
    const button = withAttributes(el('button', '', text), { type: 'button', 'aria-pressed': String(value === chosen) });
    button.addEventListener('click', () => {
      buttons.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
      choose(value);
    });
    return button;
  });
  group.append(...buttons);
  return group;
}
