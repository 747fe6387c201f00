import { openSession, registerClass, transportPair } from "../../src/index.ts";

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
registerClass("Money", Money, { encode: (money) => money.cents, decode: (cents) => new Money(Number(cents)) });

const [here, there] = transportPair();
openSession(there, { expose: { double: (money: Money) => new Money(money.cents * 2) } });
const session = openSession<{ double(money: Money): Money }>(here);
const doubled = await session.remote.double(new Money(250));
console.log(doubled instanceof Money, doubled.cents); // true 500
await session.close();
