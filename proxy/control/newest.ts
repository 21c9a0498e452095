/**
 * Does one piece of work at a time. Of the inputs that arrive meanwhile only the newest is processed, and all callers
 * get its result.
 */
export class Newest<Input, Result> {
  readonly #work: (input: Input) => Promise<Result>;
  #input: Input | undefined;
  #waiting: Promise<Result> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(work: (input: Input) => Promise<Result>) {
    this.#work = work;
  }

  do(input: Input): Promise<Result> {
    this.#input = input;
    this.#waiting ??= this.#turn.then(() => {
      this.#waiting = undefined;
      return this.#work(this.#input as Input);
    });
    const done = this.#waiting;
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all requested work is done or has failed. */
  async settled(): Promise<void> {
    await this.#turn;
  }
}
