/** A mistake that its reader can mend. It is shown as its message alone, never with a stack trace; anything else thrown is a bug. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
