// The peer: AWS's own verifier for Node.js. First line of standard input: what to verify; then a line for each round.
import { createInterface } from "node:readline";
import { JwtVerifier } from "aws-jwt-verify";

let verifier;
let tokens; // of one round

function oneRound() {
  const started = process.hrtime.bigint();
  for (const token of tokens) verifier.verifySync(token);
  return Number(process.hrtime.bigint() - started) / tokens.length / 1e9;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (verifier === undefined) {
    const told = JSON.parse(line);
    tokens = Array(told.passes).fill(told.tokens).flat();
    const jwksUri = `${told.issuer}.well-known/jwks.json`;
    verifier = JwtVerifier.create({ issuer: told.issuer, audience: told.audience, jwksUri });
    verifier.cacheJwks(told.jwks);
    for (let round = 0; round < 100; round += 1) oneRound(); // until V8 has optimised it
  }
  console.log(oneRound());
}
