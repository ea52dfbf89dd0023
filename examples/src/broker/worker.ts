/** Started by the broker, without rights: drops what arrives, and says how much that was. */
import {
  kernelBackend,
  ProcessChannel,
  setNoNewPrivileges,
  threadRights,
  Umem,
  Xsk,
} from 'fluxnet-core';

setNoNewPrivileges();
const wanted = Number(process.argv[2] ?? 1000);
const channel = ProcessChannel.inherited();
const { objects, facts } = await channel.receive({ sockets: 'sockets', program: 'program' });
const { ifname } = facts as { readonly ifname: string };

// The same code as with all rights: sockets come from those that were handed over.
const umem = await Umem.open(kernelBackend, { frameCount: 1024 });
const xsk = await Xsk.open(umem, { ifname });
objects.program.setSocket(xsk.socket);

const rx = xsk.rx!; // Absent only on a socket that was asked for without.
const ready = kernelBackend.openPollSet();
ready.add(xsk.socket, { readable: true, writable: false });
console.log('ready');
let received = 0;
while (received < wanted) {
  const room = xsk.fill.reserve(umem.frames.free);
  for (let i = 0; i < room; i++) xsk.fill.setAddress(i, umem.frames.take());
  xsk.fill.submit(room);
  ready.wait(1000);
  const count = rx.peek(64);
  for (let i = 0; i < count; i++) umem.frames.give(rx.address(i));
  rx.release(count);
  received += count;
}
const rights = threadRights().flatMap(({ permitted }) => permitted).length;
await channel.send({}, { received, rights });
ready.close();
umem.close();
channel.close();
