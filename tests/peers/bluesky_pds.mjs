// Bluesky's own server software (PDS) with its directory of accounts, for tests: node bluesky_pds.mjs PDS_PORT PLC_PORT
// Its servers listen everywhere by default: here, on this machine alone.
import net from 'node:net';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  const callback = given.find((one) => typeof one === 'function');
  if (typeof given[0] === 'number' || /^\d+$/.test(String(given[0]))) {
    return listen.call(this, { port: Number(given[0]), host: '127.0.0.1' }, callback);
  }
  if (given[0] && typeof given[0] === 'object' && given[0].port !== undefined) given[0] = { ...given[0], host: '127.0.0.1' };
  return listen.apply(this, given);
};

const { TestNetworkNoAppView } = await import('@atproto/dev-env');
const [pds, plc] = process.argv.slice(2).map(Number);
await TestNetworkNoAppView.create({ plc: { port: plc }, pds: { port: pds, hostname: 'localhost' } });
console.log('ready');
