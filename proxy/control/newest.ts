/** Does one thing at a time. Of what comes meanwhile only the newest is done, and all who asked get its result. */
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

  /** Everything that was asked for is done, or has failed. */
  async settled(): Promise<void> {
    await this.#turn;
  }
}
