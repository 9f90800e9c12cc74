"""The screen of an IHD or a PPMID: `navigation.Pages` draws a `View` on a `frame.Frame`."""
