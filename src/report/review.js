/* Sorts and narrows the findings. Without it the report is whole, in the order in which it was printed. */
(function () {
  'use strict';
  const form = document.querySelector('form.filter');
  const tables = Array.from(document.querySelectorAll('table.findings'));
  const rows = tables.flatMap(table => Array.from(table.tBodies[0].rows));
  const lists = Array.from(document.querySelectorAll('pre.numbers'));
  const words = new Intl.Collator('en', {numeric: true});

  function key(row, column) {
    const cell = row.cells[column];
    return 'key' in cell.dataset ? cell.dataset.key : cell.textContent.trim();
  }

  /* What has no number is behind those that have one, in either direction. */
  function order(column, isNumber, direction) {
    return function (a, b) {
      const x = key(a, column), y = key(b, column);
      if (x === '' || y === '')
        return (x === '') - (y === '');
      return direction * (isNumber ? Number(x) - Number(y) : words.compare(x, y));
    };
  }

  function sort(table, head) {
    const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
    const body = table.tBodies[0];
    const sorted = Array.from(body.rows).sort(order(head.cellIndex, head.dataset.kind === 'number', direction));
    for (const other of table.tHead.rows[0].cells)
      other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
    body.append(...sorted);
  }

  function matches(row, wanted) {
    for (const name of ['state', 'severity', 'class', 'partner', 'code'])
      if (wanted.get(name) && row.dataset[name] !== wanted.get(name))
        return false;
    return wanted.get('text').toLowerCase().split(/\s+/).every(
      word => row.textContent.toLowerCase().includes(word));
  }

  function narrow() {
    const wanted = new FormData(form), numbers = new Set();
    let shown = 0, all = 0;
    for (const row of rows) {
      row.hidden = !matches(row, wanted);
      /* The count is of the table that it stands above, not of what is told besides. */
      if (row.closest('table') !== tables[0])
        continue;
      all++;
      shown += !row.hidden;
      if (!row.hidden && row.dataset.order)
        numbers.add(row.dataset.order);
    }
    form.querySelector('output').value = shown + ' of ' + all;
    for (const list of lists)
      list.textContent = Array.from(numbers).join('\n');
  }

  if (!form || tables.length === 0)
    return;
  for (const table of tables)
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      button.addEventListener('click', () => sort(table, head));
      head.append(button);
    }
  form.addEventListener('input', narrow);
  form.addEventListener('submit', event => event.preventDefault());
  form.hidden = false;
  narrow();
}());
