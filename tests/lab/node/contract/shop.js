'use strict';
// What the HTTP side is about: a few items, a report that takes its time, and two mistakes in the code.

const items = [
  { id: 1, name: 'Desk', price: 240 },
  { id: 2, name: 'Lamp', price: 35 },
];

function addItem(item) {
  const added = { id: items.length + 1, ...item };
  items.push(added);
  return added;
}

const waited = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000, { waited: seconds }));

// A basket that nobody opened has no items: the mistake behind /api/broken.
function basketTotal(basket) {
  return basket.items.reduce((sum, item) => sum + item.price, 0);
}

// What is thrown where no request can catch it takes the process down: the mistake behind /api/crash.
function chargeLater() {
  setImmediate(() => {
    throw new Error('payment gateway returned no receipt');
  });
}

module.exports = { items, addItem, waited, basketTotal, chargeLater };
