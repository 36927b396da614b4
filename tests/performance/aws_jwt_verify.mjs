// The peer: AWS's own verifier for Node.js. The first line of standard input says what to verify; each further line starts a round.
import { createInterface } from "node:readline";
import { JwtVerifier } from "aws-jwt-verify";

let verifier;
let tokens;

function oneRound() {
  for (const token of tokens) verifier.verifySync(token); // warms the processor's caches, as in rounds.py
  const started = process.hrtime.bigint();
  for (const token of tokens) verifier.verifySync(token);
  return Number(process.hrtime.bigint() - started) / tokens.length / 1e9;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (verifier === undefined) {
    const told = JSON.parse(line);
    tokens = told.tokens;
    const jwksUri = `${told.issuer}.well-known/jwks.json`;
    verifier = JwtVerifier.create({ issuer: told.issuer, audience: told.audience, jwksUri });
    verifier.cacheJwks(told.jwks);
    for (let round = 0; round < 300; round += 1) oneRound(); // until V8 has optimised it
  }
  console.log(oneRound());
}
