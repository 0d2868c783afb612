// Rows of a table or list that are reused: each belongs to a key, and moves only if the order changes.

/** `create(key)` returns an object with the element `row`. The returned function takes keys in order, each once, and returns their objects. */
export function keyedRows(holder, create) {
  const rows = new Map();
  return (keys) => {
    const wanted = new Set(keys);
    for (const [key, { row }] of rows) {
      if (wanted.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    let next = holder.firstElementChild;
    return keys.map((key) => {
      if (!rows.has(key)) rows.set(key, create(key));
      const entry = rows.get(key);
      if (entry.row === next) next = next.nextElementSibling;
      else holder.insertBefore(entry.row, next);
      return entry;
    });
  };
}
