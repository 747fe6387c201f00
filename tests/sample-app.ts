import { procedure, publisher, type StandardSchemaV1 } from "@portolan/server";

/** The schemas that the sample application needs, as any library makes them. */
export interface Schemas {
  readonly user: StandardSchemaV1<{ name: string }, { name: string }>;
  readonly message: StandardSchemaV1<{ room: string; text: string }, { room: string; text: string }>;
  readonly notFound: StandardSchemaV1<{ id: number }, { id: number }>;
}

type ChatEvents = Record<string, { from: string; text: string }>;

/** Users, a chat with events, and files that are uploaded as streams: written once, over everything. */
export function sampleApp(schemas: Schemas) {
  const users = new Map<number, { id: number; name: string }>();
  const chat = publisher<ChatEvents>();
  const member = procedure.use(({ call, next }) => next({ context: { me: String(call.peer.metadata) } }));
  return {
    users: {
      add: procedure.input(schemas.user).handler(({ input }) => {
        const user = { id: users.size + 1, name: input.name };
        users.set(user.id, user);
        return user;
      }),
      get: procedure.errors({ NOT_FOUND: schemas.notFound }).handler(({ errors }) => {
        throw errors.NOT_FOUND({ id: 99 });
      }),
    },
    chat: {
      say: member
        .input(schemas.message)
        .handler(({ input, context }) => chat.publish(input.room, { from: context.me, text: input.text })),
      listen: (room: string) => chat.subscribe(room),
    },
    files: {
      async upload(name: string, chunks: AsyncIterable<Uint8Array>, onProgress: (bytes: number) => void) {
        let bytes = 0;
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          onProgress(bytes);
        }
        return { name, bytes };
      },
    },
    listeners: () => chat.subscribers,
  };
}
