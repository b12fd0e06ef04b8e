# mctl in an image, as a user without rights: docker build -t mctl .
FROM node:22-slim AS build
WORKDIR /src
COPY . .
# `npm pack` builds before it packs.
RUN npm ci --ignore-scripts --no-audit --no-fund && mkdir /pack && npm pack --pack-destination /pack

FROM node:22-slim
COPY --from=build /pack /pack
# Installed as root, so that nothing that runs in it can change it; the install script saves the code cache.
RUN npm install --global /pack/*.tgz && rm -r /pack && npm cache clean --force
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["mctl"]
