// The chosen recording, played while its words are followed; two tracks play together.

import { follow } from "./tracks.js";

/** A player of one recording, or of two tracks in step: the first has the controls. */
export class Player {
  constructor(place, files) {
    this.urls = files.map((file) => URL.createObjectURL(file));
    this.tracks = this.urls.map((url) => {
      const audio = new Audio(url);
      audio.preload = "metadata";
      return audio;
    });
    const [leader, ...others] = this.tracks;
    leader.controls = true;
    leader.setAttribute("aria-label", "The recording");
    for (const other of others) follow(leader, other);
    place.replaceChildren(leader);
  }

  /** Play from a time in seconds. */
  play(from) {
    this.tracks[0].currentTime = from;
    this.tracks[0].play();
  }

  /** Call a function with the time, in seconds, whenever it changes. */
  onTime(show) {
    const [leader] = this.tracks;
    for (const event of ["timeupdate", "seeked"]) leader.addEventListener(event, () => show(leader.currentTime));
  }

  close() {
    for (const track of this.tracks) track.pause();
    for (const url of this.urls) URL.revokeObjectURL(url);
  }
}
