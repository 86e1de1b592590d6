/** Everything on screen that belongs to editing: one module, fetched when somebody begins. */
import "./edit-bar";
import "./edit-cross";
import "./edit-dialogs";
import "./edit-sheet";
