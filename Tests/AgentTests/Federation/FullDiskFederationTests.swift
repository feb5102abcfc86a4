import Engine
import Foundation
import Store
import TestSupport
import Testing

@testable import Agent
@testable import Federation

@Suite("A site whose disk fills during a round", .timeLimit(.minutes(30)))
struct FullDiskFederationTests {
  @Test("it says so, loses nothing, leaves nothing half, and goes on when there is room")
  func goesOn() async throws {
    let here = try SiteProgram(await JoinedSite())
    defer { here.clean() }
    let coordinator = EmbeddedCoordinator(admitting: .everybody)
    let server = try FleetServer(coordinator)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    defer { serving.cancel() }
    let number = try #require(await ports.first { _ in true })
    let joined = try await here.run("join", "http://127.0.0.1:\(number)", "--as", "Ada")
    try #require(joined.status == 0, "\(joined)")
    let story = try here.launch(Self.smallDisk, ["STORY": Self.story])
    let end: Result<Bool, any Error>
    do { end = .success(try await rounds(of: here.site, coordinator, story)) } catch {
      end = .failure(error)
    }
    if (try? end.get()) != true { story.signal(SIGKILL, toGroup: true) }
    let status = await story.end(within: .seconds(120))
    // Where nothing may be mounted, there is no test.
    guard try end.get() else { return }
    let parts = story.output.components(separatedBy: "---\n")
    try #require(status == 0 && parts.count == 4, "\(story.output)")
    let said = "The disk does not take it: no space left on device. Nothing was lost. Make room, "
    #expect(parts[1].contains(said), "\(parts[1])")
    #expect(parts[1].contains("left         nothing has left this site"))
    #expect(parts[2].contains(#/disk +\d+ k?B free of 67.1 MB: nearly full/#), "\(parts[2])")
    #expect(parts[2].matches(of: #/left +train, round 1: /#).count == 1)
    #expect(parts[3].matches(of: #/left +train, round \d: /#).count == 2, "\(parts[3])")
    #expect(parts[3].contains("2 answers left without noise"))
    #expect(parts[3].contains("none changed, none missing."))
    #expect(parts[3].contains("drafts: \n"))
    #expect(parts[3].contains("agent ended with 0"))
  }

  /// Asks for two rounds: the disk fills while the first waits for approval, and before the second
  /// one comes.
  ///
  /// - Returns: whether there was a disk to fill.
  private func rounds(
    of site: JoinedSite, _ coordinator: EmbeddedCoordinator, _ story: Launched
  ) async throws -> Bool {
    let began = try await story.says(#/online|nothing may be mounted/#, within: .seconds(600))
    guard began == "online" else { return false }
    let node = try #require(await coordinator.online.first)
    for round in 1...2 {
      if round == 2 { _ = try await story.says(#/full again/#, within: .seconds(600)) }
      await coordinator.endRound()
      guard case .records(let records) = try site.instruction(round: round).content else {
        return false
      }
      try await coordinator.ask(node, to: "train", with: records)
      _ = try await story.says(
        round == 1 ? #/room at last/# : #/room once more/#, within: .seconds(600))
      let answers = try await coordinator.answers(within: .seconds(600))
      #expect(try answers[node]?.model().sorted.isShaped(like: JoinedSite.fresh().sorted) == true)
    }
    return true
  }

  /// The first time there is no room for one more file, the second time for one more byte.
  private static let story = """
    soon() { for try in $(seq 3000); do "$@" > /dev/null 2>&1 && return; sleep .2; done; exit 4; }
    shows() { "$PROGRAM" federation status | grep -q "$1"; }
    left() { test "$("$PROGRAM" federation status | grep -c "^left  *train.* bytes ")" = "$1"; }
    fails() { "$PROGRAM" federation status | grep -q "Make room"; }
    "$PROGRAM" agent > "$LOG" 2>&1 & agent=$!
    soon shows "^now *idle"
    echo online
    soon shows "^▲ waits"
    mkdir "$SECONDLOOK_HOME/ballast"
    while true > "$SECONDLOOK_HOME/ballast/$((n += 1))"; do :; done 2>&-
    "$PROGRAM" federation approve --yes || exit 5
    soon fails
    echo ---
    "$PROGRAM" federation status
    rm -r "$SECONDLOOK_HOME/ballast"
    echo room at last
    soon left 1
    cat /dev/zero 2>&- > "$SECONDLOOK_HOME/ballast"
    echo full again
    # With no byte left even the word of it may find no room in the store.
    for try in $(seq 100); do fails && break; sleep .2; done
    echo ---
    "$PROGRAM" status
    "$PROGRAM" federation status
    rm "$SECONDLOOK_HOME/ballast"
    echo room once more
    soon left 2
    echo ---
    "$PROGRAM" federation status
    "$PROGRAM" audit --verify
    kill $agent; wait $agent; ended=$?
    echo "drafts: $(find "$SECONDLOOK_HOME/federation" -name '.*' -o -name room)"
    echo "agent ended with $ended"
    """

  /// Tells the story on a disk in memory that nobody else sees, to which the site was moved.
  private static let smallDisk = """
    mount='cp -a "$SECONDLOOK_HOME" "$COPY" \
      && mount -t tmpfs -o size=64m,nr_inodes=4k none "$SECONDLOOK_HOME" \
      && cp -a "$COPY/." "$SECONDLOOK_HOME"'
    for way in -m -rm; do
      unshare $way true 2>&- && exec unshare $way sh -c "$mount || { echo nothing may be mounted; exit 0; }
        $STORY"
    done
    echo nothing may be mounted
    """
}
