// What the page knows: people, rooms, posts. Changes only by what the server says.

class RoomPosts {
  posts = new Map(); // id → post, oldest first
  more = false; // whether the server has older ones
  seen = 0;

  get list() {
    return [...this.posts.values()];
  }

  get newest() {
    let id = 0;
    for (const post of this.posts.keys()) id = Math.max(id, post);
    return id;
  }

  get unread() {
    let count = 0;
    for (const post of this.posts.values()) if (post.id > this.seen && !post.mine) count += 1;
    return count;
  }

  /** Take a post or its edit; returns whether it is new here. */
  put(post) {
    const had = this.posts.get(post.id);
    if (had) {
      if (had.version < post.version) this.posts.set(post.id, post);
      return false;
    }
    const [first] = this.posts.keys();
    if (this.more && first !== undefined && post.id < first) return false; // comes with the older ones
    const inOrder = post.id > this.newest;
    this.posts.set(post.id, post);
    if (!inOrder) this.posts = new Map([...this.posts].sort(([a], [b]) => a - b));
    return true;
  }
}

export class Store {
  me = null;
  demo = false;
  people = [];
  rooms = [];
  commands = [];
  clock = null;
  version = 0;
  #posts = new Map();

  of(room) {
    if (!this.#posts.has(room)) this.#posts.set(room, new RoomPosts());
    return this.#posts.get(room);
  }

  room(name) {
    return this.rooms.find((room) => room.room === name);
  }

  get privateRoom() {
    return this.rooms.find((room) => room.private);
  }

  /** Forget everything: somebody else looks at the page now. */
  reset() {
    this.me = null;
    this.version = 0;
    this.rooms = [];
    this.#posts = new Map();
  }

  welcome(frame) {
    Object.assign(this, { me: frame.me, demo: frame.demo, people: frame.people, rooms: frame.rooms, clock: frame.clock });
    if (!frame.me) return;
    this.commands = frame.commands;
    this.version = frame.version;
    if (frame.posts) {
      this.#posts = new Map();
      this.take(frame.posts);
      for (const posts of this.#posts.values()) posts.more = posts.posts.size >= frame.per_room;
    }
    for (const [room, post] of Object.entries(frame.seen)) this.of(room).seen = Math.max(post, this.of(room).seen);
  }

  /** Take posts and edits; returns those that are new. */
  take(posts) {
    return posts.filter((post) => this.of(post.room).put(post));
  }

  older(frame) {
    const posts = this.of(frame.room);
    posts.more = false;
    for (const post of frame.posts) posts.put(post);
    posts.more = frame.more;
  }
}
