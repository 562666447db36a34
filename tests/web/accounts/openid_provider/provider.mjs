// A real OpenID provider for the tests, on a free port of this machine, that can be told to lie.
//
// It prints its address, and ends when its standard input does. A test tells it what to be by
// POST /told with JSON: clients, accounts (claims by subject), faults (what to change in a token
// that it has made), rotate (new keys), down (answers nothing but this).

import { createServer } from 'node:http';
import { once } from 'node:events';

import Provider from 'oidc-provider';
import {
  SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK,
} from 'jose';

const told = { clients: [], accounts: {}, faults: {}, down: false, inToken: true };
let address, keys, answer;

async function newKeys() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `key-${Date.now()}-${Math.random()}`, use: 'sig' };
}

function made() {
  const provider = new Provider(address, {
    clients: told.clients,
    jwks: { keys },
    cookies: { keys: ['of the tests alone'] },
    extraParams: ['vtr'],
    pkce: { required: () => true, methods: ['S256'] },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS512'],
      idTokenSigningAlgValues: ['RS256', 'RS512'],
    },
    acrValues: ['AAL2_OR_AAL3_ANY'],
    conformIdTokenClaims: !told.inToken,
    claims: {
      openid: ['sub', 'vot', 'id_assurance_level', 'authentication_assurance_level'],
      profile: ['nhs_number', 'birthdate', 'identity_proofing_level'],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...told.accounts[sub] }) }),
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token' && ctx.body?.id_token && Object.keys(told.faults).length) {
      ctx.body = { ...ctx.body, id_token: await changed(ctx.body.id_token) };
    }
  });
  return provider;
}

async function changed(token) {
  const { key, header, later, ...claims } = told.faults;
  const was = decodeJwt(token);
  const moved = { ...was, iat: was.iat + (later ?? 0), exp: was.exp + (later ?? 0), ...claims };
  const signing = key === 'of another' ? await newKeys() : keys[0];
  const said = { ...decodeProtectedHeader(token), ...header };
  if (said.alg === 'none') return [said, moved].map(plain).concat('').join('.');
  return new SignJWT(moved).setProtectedHeader(said).sign(await importJWK(signing, said.alg));
}

const plain = (said) => Buffer.from(JSON.stringify(said)).toString('base64url');

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

const page = (uid, prompt) => `<!doctype html><html lang="en"><head><title>Provider</title></head>
<body><main><h1>The provider</h1><form method="post" action="/interaction/${uid}/${prompt}">
<label>Who are you? <input name="subject"></label><button name="done" value="yes">Prove it</button>
<button name="done" value="no">Cancel</button></form></main></body></html>`;

async function interaction(provider, request, response) {
  const { uid, prompt, params } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    return response.end(page(uid, prompt.name));
  }
  const sent = new URLSearchParams(await body(request));
  if (sent.get('done') === 'no') {
    const result = { error: 'access_denied', error_description: 'they would not' };
    return provider.interactionFinished(request, response, result);
  }
  const accountId = sent.get('subject');
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result);
}

let provider;
const server = createServer(async (request, response) => {
  try {
    if (request.url === '/told') {
      const { rotate, ...said } = JSON.parse(await body(request));
      Object.assign(told, said);
      if (rotate) keys = [await newKeys()];
      provider = made();
      answer = provider.callback();
      response.end('{}');
    } else if (told.down) {
      response.statusCode = 503;
      response.end();
    } else if (request.url.startsWith('/interaction/')) {
      await interaction(provider, request, response);
    } else {
      answer(request, response);
    }
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});

server.listen(0, '127.0.0.1');
await once(server, 'listening');
address = `http://127.0.0.1:${server.address().port}`;
keys = [await newKeys()];
provider = made();
answer = provider.callback();
console.log(address);
process.stdin.resume().on('end', () => process.exit(0));
