# The relay and the page it serves. `docs/relay.md` says how to run it; `tests/relay/docker.test.ts` tries these steps without Docker.

FROM node:24-slim AS build
WORKDIR /genesis
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY . .
RUN node scripts/build.mjs
# The relay uses a few of the packages that the page is built from: a bundle holds what it uses.
RUN node_modules/.bin/rolldown relay/command.ts --dir relay-bundle --platform node --format esm --entryFileNames relay.mjs --chunkFileNames [name]-[hash].mjs
RUN { node scripts/licences.mjs && find node_modules -maxdepth 3 -type f -iname 'licen[cs]e*' -print -exec cat {} ';'; } > third-party.txt

FROM node:24-slim
COPY --from=build /genesis/relay-bundle /genesis/relay
COPY --from=build /genesis/dist /genesis/dist
COPY --from=build /genesis/LICENSE /genesis/third-party.txt /genesis/
RUN mkdir /data && chown node:node /data
# The store, and genesis.config.json where there is one.
WORKDIR /data
VOLUME /data
ENV NODE_ENV=production GENESIS_HOST=0.0.0.0 GENESIS_PORT=8420 GENESIS_STORE=/data/genesis.sqlite
EXPOSE 8420
USER node
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.GENESIS_PORT + '/api/v1/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# As the first process, so that it is told to end; flags of `npm run relay` may follow.
ENTRYPOINT ["node", "/genesis/relay/relay.mjs", "--site", "/genesis/dist"]
