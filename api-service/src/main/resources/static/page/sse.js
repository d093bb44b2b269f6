/**
 * Reads server-sent events, as the HTML standard defines them, from the pieces in which a response arrives.
 */
export class EventParser {
  #rest = '';
  #id = '';
  #event = '';
  #data = [];
  #first = true;

  /**
   * Reads the next piece.
   * @param {string} text
   * @returns {{id: string, event: string, data: string}[]} the events that it completes; comments are left out
   */
  push(text) {
    this.#rest += text;
    if (this.#first && this.#rest) {
      this.#first = false;
      this.#rest = this.#rest.replace(/^\uFEFF/, '');
    }
    const events = [];
    for (;;) {
      const end = /\r\n|\n|\r/.exec(this.#rest);
      // A carriage return at the end may be the first half of a line end.
      if (!end || (end[0] === '\r' && end.index === this.#rest.length - 1)) {
        return events;
      }
      this.#line(this.#rest.slice(0, end.index), events);
      this.#rest = this.#rest.slice(end.index + end[0].length);
    }
  }

  #line(line, events) {
    if (line === '') {
      if (this.#data.length) {
        events.push({ id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') });
      }
      this.#event = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
    } else if (field === 'event') {
      this.#event = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
  }
}
