// Two tracks of one recording, played in step.

// A person hears a voice twice when its tracks are further apart.
const APART_S = 0.1;

/** Play a track in step with the leader, which has the controls. */
export function follow(leader, other) {
  const align = () => { other.currentTime = leader.currentTime; };
  const goOn = () => {
    align();
    // A browser that refuses to play refuses the leader too, which reports it.
    other.play().catch(() => {});
  };
  leader.addEventListener("seeked", align);
  leader.addEventListener("playing", goOn);
  for (const stop of ["pause", "waiting", "ended"]) leader.addEventListener(stop, () => other.pause());
  leader.addEventListener("timeupdate", () => { if (Math.abs(other.currentTime - leader.currentTime) > APART_S && !other.seeking) align(); });
  leader.addEventListener("ratechange", () => { other.playbackRate = leader.playbackRate; });
  leader.addEventListener("volumechange", () => { Object.assign(other, { volume: leader.volume, muted: leader.muted }); });
}
