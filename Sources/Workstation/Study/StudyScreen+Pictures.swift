import Radiology

// Which decoded images are kept: by what they take in memory, as one may be as large as fifty.
extension StudyScreen {
  /// The image that is to be shown, if it has to be fetched.
  mutating func wantedImage() -> [Effect] {
    guard let instance, let shown, instance.isReadable, pictures[shown] == nil else { return [] }
    pictures[shown] = .loading
    return [.loadImage(instance, frame: shown.frame)]
  }

  /// Takes up an image that has been fetched, or why it was not.
  mutating func take(_ picture: PictureState, of shown: ShownFrame) {
    pictures[shown] = picture
    dropPictures()
  }

  /// Bytes that images may take: two large radiographs, or some eighty slices of a CT.
  static let pictureRoom = 64 << 20

  /// Lets images go until the rest fits, those that are furthest from the shown one first.
  ///
  /// What is on screen stays, whatever it takes; what goes is asked for again when it is wanted.
  mutating func dropPictures(room: Int = pictureRoom) {
    var taken = pictures.values.reduce(0) { $0 + $1.bytes }
    guard taken > room else { return }
    let places = Dictionary(
      zip(open.instances.map(\.id), open.instances.indices), uniquingKeysWith: { first, _ in first }
    )
    func distance(_ other: ShownFrame) -> (Int, Int) {
      (abs((places[other.instance] ?? .max / 2) - imageIndex), abs(other.frame - frame))
    }
    let far = pictures.keys
      .filter { $0 != shown && $0.instance != prior?.instance?.id }
      .sorted { distance($0) > distance($1) }
    for other in far where taken > room {
      guard let bytes = pictures[other]?.bytes, bytes > 0 else { continue }
      taken -= bytes
      pictures[other] = nil
    }
  }
}

extension StudyScreen.PictureState {
  /// What it takes in memory.
  fileprivate var bytes: Int {
    if case .ready(let picture) = self { picture.bytes } else { 0 }
  }
}
