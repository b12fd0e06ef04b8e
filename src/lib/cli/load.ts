/** Reading a proxy's documents: commands go through here. */
export * from '../session/load';
