"""The second toybox world: familiar things in an icon style, with GenEval's own 80 classes and ten colours."""
