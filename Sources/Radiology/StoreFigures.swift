/// How much a store holds.
public struct StoreFigures: Codable, Sendable, Hashable {
  public let studies: Int
  /// Triaged, and not begun by a reader.
  public let unread: Int
  public let signed: Int
  /// What a worklist says was asked for and nothing has arrived of.
  public let ordersWithoutImages: Int
  /// Of studies with consent.
  public let lessons: Int
  /// Stored objects, and how many bytes they take; those of the database are not among them.
  public let objects: Int
  public let objectBytes: Int

  public init(
    studies: Int, unread: Int, signed: Int, ordersWithoutImages: Int, lessons: Int, objects: Int,
    objectBytes: Int
  ) {
    self.studies = studies
    self.unread = unread
    self.signed = signed
    self.ordersWithoutImages = ordersWithoutImages
    self.lessons = lessons
    self.objects = objects
    self.objectBytes = objectBytes
  }
}
