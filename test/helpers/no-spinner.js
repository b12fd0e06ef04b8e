/** In place of ora, which Jest cannot load: a wait that is long on a busy machine shows nothing. Runs of the built program show the real one. */
const spinner = { start: () => spinner, stop: () => spinner };

module.exports = () => spinner;
