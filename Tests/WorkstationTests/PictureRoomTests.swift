import Imaging
import Radiology
import Testing

@testable import Workstation

@Suite("The room that images take")
struct PictureRoomTests {
  /// Of ten images, all decoded, with one of them shown; each takes so many bytes.
  private func study(showing index: Int) -> (screen: StudyScreen, bytes: Int) {
    let row = Fixture.rows[0]
    let instances = (1...10).map { Fixture.instance(row, number: $0) }
    let review = Review(
      study: row.id, reader: "Dr Osei", findings: [], model: nil, started: Fixture.now)
    let open = OpenStudy(row: row, instances: instances)
    let report = open.draft(
      review, template: Fixture.options().template, author: "Dr Osei", at: Fixture.now)
    var screen = StudyScreen(open, work: ReadingWork(review: review, report: report))
    screen.imageIndex = index
    let picture = Picture(Fixture.image)
    for instance in instances {
      screen.pictures[ShownFrame(instance: instance.id, frame: 0)] = .ready(picture)
    }
    return (screen, picture.bytes)
  }

  private func kept(_ screen: StudyScreen) -> [Int] {
    screen.open.instances.indices.filter {
      screen.pictures[ShownFrame(instance: screen.open.instances[$0].id, frame: 0)] != nil
    }
  }

  @Test("images beyond the room go, the furthest from the shown one first")
  func furthestFirst() {
    var (screen, bytes) = study(showing: 3)
    screen.dropPictures(room: bytes * 10)
    #expect(kept(screen) == Array(0..<10))
    screen.dropPictures(room: bytes * 5)
    #expect(kept(screen) == [1, 2, 3, 4, 5])
  }

  @Test(
    "the shown image and the earlier one beside it stay, however large, and what went is asked for again"
  )
  func shownStays() {
    var (screen, _) = study(showing: 3)
    let earlier = screen.open.instances[9]
    screen.prior = StudyScreen.Prior(row: screen.row, instance: earlier)
    screen.dropPictures(room: 0)
    #expect(kept(screen) == [3, 9])
    screen.imageIndex = 4
    #expect(screen.wantedImage() == [.loadImage(screen.open.instances[4], frame: 0)])
    #expect(screen.wantedImage().isEmpty)
  }
}
