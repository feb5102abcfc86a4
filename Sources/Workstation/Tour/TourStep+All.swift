extension TourStep {
  /// From the worklist over one study to its signature, and the ways to everything else.
  static let all: [TourStep] = list + look + decide + sign + elsewhere

  private static let list = [
    TourStep(
      "move", "goes down the list",
      taught: "j, k and the arrows move; {last} goes to the end"),
    TourStep(
      "filter", "filters the list",
      taught: "A filter takes words, class:, age>, state: and more"),
    TourStep(
      typing: .text("p>0.9"), "keeps what the model is surest of",
      taught: "The list follows each letter; parts can be joined"),
    TourStep(
      "apply-filter", "keeps the filter",
      taught: "Esc on the list shows all studies again"),
    TourStep(
      "open-study", "opens the study",
      taught: "In a study {next-study} and {previous-study} go to its neighbours"),
  ]

  private static let look = [
    TourStep(
      "next-region", "shows the first region",
      taught: "{next-region} goes from region to region, {previous-region} back"),
    TourStep(
      "invert", "shows black for white",
      taught: "{zoom-in} {zoom-out} zoom, arrows move, 1 to 9 are windows"),
    TourStep(
      "reset", "shows the image as it came",
      taught: "{measure} reads values and measures, {prior} shows a prior"),
  ]

  private static let decide = [
    TourStep(
      "agree", "agrees: something was drawn here",
      taught: "{agree} agrees, {unsure} is unsure; it is saved at once"),
    TourStep("undo", "takes that back", taught: "Until you sign, everything can be taken back"),
    TourStep("redo", "does it again", taught: "{undo} and {redo} go back and forth"),
    TourStep(
      "next-region", "goes on to the second region",
      taught: "What is current has the thick frame"),
    TourStep(
      "reject", "rejects it: nothing was drawn here",
      taught: "A rejection has a reason, of one key"),
    TourStep(
      "reject-shadow", "gives the reason",
      taught: "{new-region} draws a region of your own, {edit-region} moves one"),
    TourStep("call", "calls the study", taught: "Only a called study can be signed"),
    TourStep(
      "call-suspicious", "calls it suspicious",
      taught: "{read-first} hides the model's answer until you have called"),
  ]

  private static let sign = [
    TourStep(
      "report", "shows the report your decisions wrote",
      taught: "The report follows your decisions; your words stay"),
    TourStep(
      "leave-report", "goes back to the image",
      taught: "A draft is saved by itself, and survives everything"),
    TourStep("sign", "asks to sign", taught: "What is missing is listed before you sign"),
    TourStep(
      typing: .token, "shows that you look at the right patient",
      taught: "Nothing is ever signed by a single key"),
    TourStep(
      "confirm", "signs",
      taught: "Signed. From now on there is only the addendum, {addendum}"),
  ]

  private static let elsewhere = [
    TourStep("help", "lists every key", taught: "In the help, type to search and ⏎ to run"),
    TourStep("close-help", "closes the help", taught: "Esc closes whatever lies on top"),
    TourStep("palette", "asks for a command by name", taught: "Every command has a name there"),
    TourStep("close-palette", "closes it", taught: "Tab there completes a name"),
    TourStep("go", "leads to the other screens", taught: "The letter after {go} is the screen"),
    TourStep(
      "go-system", "shows how the program is doing",
      taught: "Queues, models, arrivals; {retry} reads it anew"),
    TourStep("back", "goes back", taught: "{back} goes back from everywhere and loses nothing"),
    TourStep("back", "leaves, from the worklist", taught: "That is all there is to know"),
  ]
}
